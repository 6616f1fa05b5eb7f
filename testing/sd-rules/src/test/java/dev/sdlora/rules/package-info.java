/** Rules that hold for the classes and files of all modules. */
@NullMarked
package dev.sdlora.rules;

import org.jspecify.annotations.NullMarked;
