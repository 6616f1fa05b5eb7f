package dev.sdlora.demo.emoji;

import dev.sdlora.demo.SceneSource;
import java.util.SplittableRandom;

/** An endless sequence of scenes with captions: mostly drawings, some shapes. */
public final class CaptionedSource {
  private static final double SHARE_OF_SHAPES = 0.1;

  private final DrawnSceneSource drawn;

  /** Creates the source of captioned scenes. */
  public CaptionedSource(DrawnSceneSource drawn) {
    this.drawn = drawn;
  }

  /** Returns the scene of a seed. */
  public Captioned of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    if (random.nextDouble() < SHARE_OF_SHAPES) {
      return new Captioned.OfShapes(new SceneSource(random.split()).training().withDetail(0));
    }
    return new Captioned.OfDrawings(drawn.with(random.split()).next());
  }
}
