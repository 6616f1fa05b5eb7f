/** Images that others follow: what ControlNets add to the U-Net in each step. */
@NullMarked
package dev.sdlora.pipeline.control;

import org.jspecify.annotations.NullMarked;
