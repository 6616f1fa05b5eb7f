/** What the API finds when it is given a reference in the place of a path. */
@NullMarked
package dev.sdlora.models.service;

import org.jspecify.annotations.NullMarked;
