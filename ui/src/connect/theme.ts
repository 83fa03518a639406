// Colours: which theme, and text that can be read on the primary colour.

import type { Settings } from './types';

export type ThemeName = 'light' | 'dark';

/** The theme to show: the page's parameter, then the setting, then the system's. */
export function themeOf(asked: string | null, settings: Settings | undefined, systemIsDark: boolean): ThemeName {
  const wanted = asked === 'light' || asked === 'dark' || asked === 'system' ? asked : settings?.defaultTheme;
  if (wanted === 'light' || wanted === 'dark') return wanted;
  return systemIsDark ? 'dark' : 'light';
}

/** Black or white, whichever has more contrast on this colour (WCAG 2.2, relative luminance). */
export function textOn([red, green, blue]: [number, number, number]): '#000000' | '#ffffff' {
  const linear = (part: number) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  return (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) ? '#000000' : '#ffffff';
}

/** Applies theme and colour through the style object: the page's policy allows no style attributes. */
export function applyTheme(name: ThemeName, settings: Settings | undefined): void {
  const root = document.documentElement;
  root.dataset.theme = name;
  const primary = settings?.theme[name].primary;
  const parts = primary ? colourParts(primary) : undefined;
  if (!primary || !parts) return;
  root.style.setProperty('--primary', primary);
  root.style.setProperty('--on-primary', textOn(parts));
}

/** Any CSS colour as red, green and blue; `undefined` when it is none. */
function colourParts(colour: string): [number, number, number] | undefined {
  if (!CSS.supports('color', colour)) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
