package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Place;
import dev.sdlora.demo.emoji.DrawnScene;

/**
 * A prompt that a model is asked, and the scene that it describes.
 *
 * @param about what the prompt tests
 * @param scene what must be seen
 * @param prompt one of the scene's captions
 * @param seed of the image
 */
record Asked(About about, DrawnScene scene, String prompt, long seed) {
  /** Groups of prompts that are counted apart. */
  enum About {
    /** One thing, of the commonest nouns. */
    COMMON,
    /** One thing, of all nouns. */
    ANY,
    /** One thing in a colour. */
    TINTED,
    /** Two things. */
    PAIR,
    /** Two or three things of one noun. */
    ROW
  }

  /** Whether the prompt says which of two things is where. */
  boolean tellsSides() {
    // "Next to" and the like stand for the left alone.
    return scene.place() != Place.LEFT || prompt.contains(" left of ");
  }
}
