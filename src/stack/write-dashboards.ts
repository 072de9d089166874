import { SYSTEM } from '../env.js';
import { DASHBOARDS, textOf } from './dashboards/all.js';

// `npm run dashboards`, in the project's folder.

for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
  await SYSTEM.writeFile(`dashboards/${file}`, textOf(dashboard));
}
