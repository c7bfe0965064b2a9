import { createTheme, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = ['#eef3fc', '#e8eefb', '#c9d6f1', '#9db8ea', '#6f95e2', '#3f6fd1', '#2f5ec2', '#2450b2', '#1d4396', '#16357a'];

/** Dense, no shadows, 13 px; the colours that Mantine does not know are in styles.css. */
export const theme = createTheme({
  colors: { accent },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 5 },
  fontFamily: '"Inter Variable", "Noto Sans JP Variable", "Hiragino Sans", "Noto Sans CJK JP", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", "Noto Sans JP Variable", "Noto Sans CJK JP", ui-monospace, monospace',
  defaultRadius: 6,
  fontSizes: { xs: '0.71875rem', sm: '0.8125rem', md: '0.8125rem', lg: '0.9375rem', xl: '1.125rem' },
  spacing: { xs: '0.375rem', sm: '0.5rem', md: '0.75rem', lg: '1rem', xl: '1.5rem' },
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
});
