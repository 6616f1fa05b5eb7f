/** Tests of networks against plain Java, and of their documented behaviour. */
@NullMarked
package dev.sdlora.families.transformer;

import org.jspecify.annotations.NullMarked;
