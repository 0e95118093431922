// Styles a page imports; esbuild puts them into dist/webviews/<page>.css.
declare module '*.css';
