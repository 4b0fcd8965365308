// Loaded before a server of the fault tests that is to have a bug: it changes one place of the source on its way in.
// The bugs, and what finds them, stand in plants.ts.
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { PLANTS } from './plants.ts';

const plant = PLANTS[process.env.FAULTS_PLANT];
if (plant === undefined) throw new Error('there is no such plant');

registerHooks({
  load(url, context, next) {
    if (!url.endsWith(`/src/${plant.file}`)) return next(url, context);
    const { source } = next(url, { ...context, format: 'module-typescript' });
    const text = String(source);
    if (text.split(plant.sound).length !== 2) throw new Error(`${plant.file} has not once what the plant replaces`);
    return {
      format: 'module',
      source: stripTypeScriptTypes(text.replace(plant.sound, plant.wrong)),
      shortCircuit: true,
    };
  },
});
