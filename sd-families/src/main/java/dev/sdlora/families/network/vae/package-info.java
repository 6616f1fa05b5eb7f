/**
 * Networks between pixels and latents: VAEs, the small decoder of previews, and the resizing of
 * latents. Their programs are next to that of the U-Net, whose functions they use.
 */
@NullMarked
package dev.sdlora.families.network.vae;

import org.jspecify.annotations.NullMarked;
