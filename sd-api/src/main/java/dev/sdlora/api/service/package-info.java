/** Where the public API finds what implements it. */
@NullMarked
package dev.sdlora.api.service;

import org.jspecify.annotations.NullMarked;
