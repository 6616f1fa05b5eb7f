package dev.sdlora.models;

import dev.sdlora.models.web.Token;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a store.
 *
 * @param hubCache the cache of huggingface_hub
 * @param folder the folder for all other files
 * @param hubEndpoint the endpoint of Hugging Face, without a trailing slash
 * @param civitaiEndpoint the endpoint of Civitai, without a trailing slash
 * @param hubToken the token for Hugging Face
 * @param civitaiToken the token for Civitai
 * @param offline whether requests are forbidden
 * @param links whether the cache may contain links
 */
record StoreSettings(
    Path hubCache,
    Path folder,
    String hubEndpoint,
    String civitaiEndpoint,
    Optional<Token> hubToken,
    Optional<Token> civitaiToken,
    boolean offline,
    boolean links) {
  private static final List<String> YES = List.of("1", "on", "yes", "true");

  /** Settings from the environment, with the variable names of Python tools. */
  record Environment(Map<String, String> variables, Path home) {
    Optional<String> get(String name) {
      return Optional.ofNullable(variables.get(name))
          .map(String::strip)
          .filter(text -> !text.isEmpty());
    }

    private Optional<Path> path(String name) {
      return get(name)
          .map(text -> text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text));
    }

    boolean isSet(String name) {
      return get(name).map(text -> YES.contains(text.toLowerCase(Locale.ROOT))).orElse(false);
    }

    private Path cacheFolder() {
      return path("XDG_CACHE_HOME").orElse(home.resolve(".cache"));
    }

    private Path hubHome() {
      return path("HF_HOME").orElse(cacheFolder().resolve("huggingface"));
    }

    Path hubCache() {
      return path("HF_HUB_CACHE")
          .or(() -> path("HUGGINGFACE_HUB_CACHE"))
          .orElse(hubHome().resolve("hub"));
    }

    /** The default folder, next to the hashes that the library caches. */
    Path folder() {
      return path("SDLORA_CACHE")
          .filter(folder -> !folder.equals(Path.of("none")))
          .orElse(home.resolve(".cache").resolve("sd-lora"))
          .resolve("models");
    }

    URI endpoint(String variable, String usual) {
      String address = get(variable).orElse(usual);
      try {
        return URI.create(address);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "%s is '%s', expected an address such as %s".formatted(variable, address, usual), e);
      }
    }

    Optional<String> hubToken() {
      return get("HF_TOKEN").or(() -> get("HUGGING_FACE_HUB_TOKEN")).or(this::tokenOfFile);
    }

    private Optional<String> tokenOfFile() {
      try {
        return Optional.of(
                Files.readString(
                        path("HF_TOKEN_PATH").orElse(hubHome().resolve("token")),
                        StandardCharsets.UTF_8)
                    .strip())
            .filter(text -> !text.isEmpty());
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    Optional<String> civitaiToken() {
      return get("CIVITAI_TOKEN").or(() -> get("CIVITAI_API_TOKEN"));
    }
  }
}
