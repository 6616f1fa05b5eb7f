package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Place;
import dev.sdlora.demo.emoji.DrawnScene;

/**
 * A test prompt and the scene that it describes.
 *
 * @param about the group that the prompt is counted in
 * @param scene the expected scene
 * @param prompt one of the scene's captions
 * @param seed the seed of the image
 */
record Question(About about, DrawnScene scene, String prompt, long seed) {
  /** Groups of prompts that are counted separately. */
  enum About {
    /** One thing, among the most common nouns. */
    COMMON,
    /** One thing, among all nouns. */
    ANY,
    /** One thing in a colour. */
    TINTED,
    /** Two things. */
    PAIR,
    /** Two or three things of the same noun. */
    ROW
  }

  /** Whether the prompt specifies the sides of two things. */
  boolean namesSides() {
    // "Next to" and similar phrases only mean left.
    return scene.place() != Place.LEFT || prompt.contains(" left of ");
  }
}
