package dev.sdlora.demo.emoji;

import java.awt.image.BufferedImage;
import java.util.Map;

/** Draws what is to be measured: the model, or in tests the painter of scenes. */
interface Artist {
  /**
   * An image of a scene.
   *
   * @param scene what is meant
   * @param prompt what is said of it
   * @param weights of LoRAs; those not named are not there
   */
  BufferedImage draw(DrawnScene scene, String prompt, Map<EmojiLora, Double> weights, long seed);
}
