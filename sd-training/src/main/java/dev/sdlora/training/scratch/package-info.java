/** Networks trained from nothing: an autoencoder, then a text encoder with a U-Net. */
@NullMarked
package dev.sdlora.training.scratch;

import org.jspecify.annotations.NullMarked;
