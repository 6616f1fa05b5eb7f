/** The samplers' view of the U-Net: a function that takes noise out of a latent. */
@NullMarked
package dev.sdlora.pipeline.denoise;

import org.jspecify.annotations.NullMarked;
