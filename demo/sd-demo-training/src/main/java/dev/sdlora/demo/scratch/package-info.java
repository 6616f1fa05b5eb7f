/** Networks trained from nothing: an autoencoder, then a text encoder with a U-Net. */
@NullMarked
package dev.sdlora.demo.scratch;

import org.jspecify.annotations.NullMarked;
