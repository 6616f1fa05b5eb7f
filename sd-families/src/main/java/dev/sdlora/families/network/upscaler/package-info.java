/**
 * Networks that enlarge images: ESRGAN's and Real-ESRGAN's. Their programs are next to that of the
 * U-Net, whose functions they use.
 */
@NullMarked
package dev.sdlora.families.network.upscaler;

import org.jspecify.annotations.NullMarked;
