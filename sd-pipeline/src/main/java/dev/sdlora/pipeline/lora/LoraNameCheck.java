package dev.sdlora.pipeline.lora;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.lora.library.FolderLibrary;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tests whether a name is a LoRA's. The folders are scanned once, on first use. */
public final class LoraNameCheck implements Predicate<String> {
  private final FolderLibrary library;
  private @Nullable Set<String> names;

  public LoraNameCheck(FolderLibrary library) {
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

  /**
   * Returns the known names; none if a folder is missing, which is reported when a LoRA is
   * requested.
   */
  private Set<String> known() {
    try {
      return library.names();
    } catch (LoraException e) {
      return Set.of();
    }
  }
}
