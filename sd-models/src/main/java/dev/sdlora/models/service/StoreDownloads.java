package dev.sdlora.models.service;

import dev.sdlora.api.service.Downloads;
import dev.sdlora.models.ModelStore;
import java.nio.file.Path;

/**
 * Downloads files with a store that uses the settings of the environment. Safe for use by several
 * threads.
 */
public final class StoreDownloads implements Downloads {

  /** Called by the service loader. */
  public StoreDownloads() {}

  @Override
  public Path get(String reference) {
    return ModelStore.builder().build().get(reference);
  }
}
