package dev.sdlora.demo.emoji.judge;

import java.awt.image.BufferedImage;

/** Whoever draws what is asked: a model, or in tests a painter who knows the scene. */
interface Artist {
  /** An image of what the prompt says. */
  BufferedImage draw(Asked asked);
}
