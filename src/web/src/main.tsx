import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@mantine/core/styles/baseline.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import 'virtual:theme.css';
import './styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { start } from './i18n';

const root = document.getElementById('root');
if (root) void start().then(() => createRoot(root).render(<StrictMode><App /></StrictMode>));
