package dev.sdlora.pipeline.lora;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.lora.library.FolderLibrary;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tells which names LoRAs have; folders are looked at once, and only if something asks. */
public final class LoraNames implements Predicate<String> {
  private final FolderLibrary library;
  private @Nullable Set<String> names;

  public LoraNames(FolderLibrary library) {
    this.library = library;
  }

  @Override
  public boolean test(String name) {
    Set<String> known = names;
    if (known == null) {
      known = known();
      names = known;
    }
    return known.contains(name);
  }

  /** A folder that is gone is told about when a LoRA is asked for. */
  private Set<String> known() {
    try {
      return library.names();
    } catch (LoraException e) {
      return Set.of();
    }
  }
}
