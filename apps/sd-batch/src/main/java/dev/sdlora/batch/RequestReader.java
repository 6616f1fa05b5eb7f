package dev.sdlora.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;

/** Makes of settings, under the names of A1111's API, what a pipeline draws. */
interface RequestReader {
  /**
   * Reads settings.
   *
   * @throws IllegalArgumentException if one makes no sense
   * @throws dev.sdlora.api.error.StableDiffusionException if a file that they name cannot be used
   */
  PromptSpec read(ObjectNode settings);
}
