package dev.sdlora.demo.emoji;

import java.awt.image.BufferedImage;
import java.util.Map;

/** Draws the images to measure: the model or, in tests, the painter of scenes. */
interface Artist {
  /**
   * Returns an image of a scene.
   *
   * @param scene the scene
   * @param prompt the prompt for it
   * @param weights the weights of LoRAs; others are not applied
   */
  BufferedImage draw(DrawnScene scene, String prompt, Map<EmojiLora, Double> weights, long seed);
}
