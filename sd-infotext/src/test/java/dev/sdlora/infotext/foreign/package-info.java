@NullMarked
package dev.sdlora.infotext.foreign;

import org.jspecify.annotations.NullMarked;
