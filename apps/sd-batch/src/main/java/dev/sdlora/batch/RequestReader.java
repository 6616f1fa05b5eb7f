package dev.sdlora.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;

/** Converts settings with the names of A1111's API to a request for a pipeline. */
interface RequestReader {
  /**
   * Reads settings.
   *
   * @throws IllegalArgumentException if a setting is invalid
   * @throws dev.sdlora.api.error.StableDiffusionException if a file that they name cannot be used
   */
  PromptSpec read(ObjectNode settings);
}
