package dev.sdlora.tensors.io;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The folder for what this library keeps between processes. */
public final class CacheFolder {
  private static final String NONE = "none";

  private CacheFolder() {}

  /**
   * Returns the folder named by {@code SDLORA_CACHE} or the system property {@code sdlora.cache},
   * by default {@code ~/.cache/sd-lora}. Empty if the name is {@code none} or the user has no home.
   */
  public static Optional<Path> ofUser() {
    try {
      Optional<String> named =
          value(System.getenv("SDLORA_CACHE")).or(() -> value(System.getProperty("sdlora.cache")));
      if (named.isPresent()) {
        return named.filter(name -> !name.equals(NONE)).map(Path::of);
      }
      return value(System.getenv("XDG_CACHE_HOME"))
          .map(Path::of)
          .filter(Path::isAbsolute)
          .or(() -> value(System.getProperty("user.home")).map(home -> Path.of(home, ".cache")))
          .map(caches -> caches.resolve("sd-lora"));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> value(@Nullable String setting) {
    return Optional.ofNullable(setting).filter(text -> !text.isBlank());
  }
}
