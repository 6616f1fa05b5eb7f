/** Tests of networks against plain Java, and of their documented behaviour. */
@NullMarked
package dev.sdlora.families.network;

import org.jspecify.annotations.NullMarked;
