/** The service that downloads a file if the API gets a reference instead of a path. */
@NullMarked
package dev.sdlora.models.service;

import org.jspecify.annotations.NullMarked;
