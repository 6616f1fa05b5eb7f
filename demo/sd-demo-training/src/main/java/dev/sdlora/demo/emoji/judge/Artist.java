package dev.sdlora.demo.emoji.judge;

import java.awt.image.BufferedImage;

/** Draws images of prompts: a model or, in tests, a painter who knows the scene. */
interface Artist {
  /** Returns an image of the prompt. */
  BufferedImage draw(Question question);
}
