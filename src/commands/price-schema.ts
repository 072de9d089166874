import * as z from 'zod';
import { MODELS } from '../world/models.js';

const Dollars = z.number().min(0);
/** The form of a price list's file. Imported only where there is one: zod costs start-up time. */
export const Prices = z.strictObject({
  models: z.array(
    z.strictObject({
      from: z.iso.date(),
      model: z.enum(MODELS.map(({ name }) => name)),
      input: Dollars,
      output: Dollars,
    }),
  ),
  store: z.array(
    z.strictObject({ from: z.iso.date(), read: Dollars, write: Dollars, storage: Dollars }),
  ),
});
