package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.DrawnScenePainter;
import java.awt.image.BufferedImage;
import java.util.SplittableRandom;

/**
 * Draws the requested scenes, slightly softened. The judge's scores on these images show how
 * reliable it is.
 */
final class Painter implements Artist {
  private static final int SIDE = 128;

  private final DrawnScenePainter painter;

  Painter(Drawings drawings) {
    this.painter = new DrawnScenePainter(drawings);
  }

  @Override
  public BufferedImage draw(Question question) {
    return Softness.of(painter.draw(question.scene(), SIDE), new SplittableRandom(question.seed()));
  }
}
