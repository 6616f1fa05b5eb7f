/** Control images: the residuals that ControlNets add to the U-Net in each step. */
@NullMarked
package dev.sdlora.pipeline.control;

import org.jspecify.annotations.NullMarked;
