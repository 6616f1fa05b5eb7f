/** Hypernetworks of A1111: their files, where they are found, what the U-Net is given of them. */
@NullMarked
package dev.sdlora.pipeline.hypernetwork;

import org.jspecify.annotations.NullMarked;
