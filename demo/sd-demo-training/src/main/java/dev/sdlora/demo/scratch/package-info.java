/** Training from scratch: an autoencoder, then a text encoder, then a U-Net. */
@NullMarked
package dev.sdlora.demo.scratch;

import org.jspecify.annotations.NullMarked;
