/** What the tensors of an adapter's module mean: the change that they make to a layer. */
@NullMarked
package dev.sdlora.lora.factors;

import org.jspecify.annotations.NullMarked;
