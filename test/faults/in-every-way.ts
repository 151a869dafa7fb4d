import type { Scene } from './fault';

/** The ways in which a fault can come, by what they are. */
export type Ways = Readonly<Record<string, (scene: Scene) => Promise<void>>>;

/**
 * Has a fault come in all of its ways, one after the other, in the order that the seed decides, each when all are served
 * again. Resolves with what broke: the run may end before the last one.
 */
export async function inEveryWay(
  scene: Scene,
  ways: Ways,
  afterEach: () => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  await scene.moment();
  for (const way of scene.random.shuffled(Object.keys(ways))) {
    if (scene.isFinished) return [`the run ended before: ${way}`];
    await ways[way]!(scene);
    const seconds = await scene.untilRecovered();
    await afterEach();
    scene.tell(`${way}: served ${seconds} s later`);
  }
  return [];
}
