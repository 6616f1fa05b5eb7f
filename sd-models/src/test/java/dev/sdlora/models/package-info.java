/** Tests of getting files, against sites on this machine. */
@NullMarked
package dev.sdlora.models;

import org.jspecify.annotations.NullMarked;
