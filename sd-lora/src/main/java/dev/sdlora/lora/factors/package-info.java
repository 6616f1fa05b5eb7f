/** What the modules of adapter files add to weights. */
@NullMarked
package dev.sdlora.lora.factors;

import org.jspecify.annotations.NullMarked;
