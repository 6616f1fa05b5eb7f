/**
 * Control images: the residuals that ControlNets add to the U-Net in each step. The images are made
 * by {@code pipeline.preprocess}.
 */
@NullMarked
package dev.sdlora.pipeline.control;

import org.jspecify.annotations.NullMarked;
