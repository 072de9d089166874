import { createRequire } from 'node:module';
import { renderAsync } from '@resvg/resvg-js';

const FONTS = ['400Regular/Arimo_400Regular.ttf', '700Bold/Arimo_700Bold.ttf'];
/** What Arimo can write. For the rest the machine's fonts are asked, which takes its time. */
const WRITTEN = /^[\n -\u052f\u2000-\u20cf\u2190-\u21ff]*$/;

/**
 * An SVG as PNG, pixel for pixel. The font is ragmon's own: a small machine has none, and the
 * picture is the same everywhere.
 */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { resolve } = createRequire(import.meta.url);
  const image = await renderAsync(svg, {
    font: {
      loadSystemFonts: !WRITTEN.test(svg),
      fontFiles: FONTS.map((file) => resolve(`@expo-google-fonts/arimo/${file}`)),
      defaultFontFamily: 'Arimo',
      sansSerifFamily: 'Arimo',
    },
  });
  return image.asPng();
}
