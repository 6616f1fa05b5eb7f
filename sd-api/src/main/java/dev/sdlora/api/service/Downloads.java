package dev.sdlora.api.service;

import java.nio.file.Path;

/** Downloads published files. Implemented by sd-models. */
public interface Downloads {
  /**
   * Implements {@link dev.sdlora.api.Checkpoint#open(String)} and {@link
   * dev.sdlora.api.LoraAdapter#open(String)}.
   *
   * @param reference a reference such as {@code hf:owner/repo}
   * @return the complete file or folder on this machine
   */
  Path get(String reference);
}
