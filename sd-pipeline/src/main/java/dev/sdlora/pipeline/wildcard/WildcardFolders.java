package dev.sdlora.pipeline.wildcard;

import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.prompt.dynamic.Wildcards;
import dev.sdlora.prompt.grammar.Characters;
import dev.sdlora.tensors.folder.FolderTree;
import dev.sdlora.tensors.folder.PathRedactor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Wildcards in text files of folders. The folders are scanned when the first wildcard is requested.
 * Not safe for use by several threads.
 */
public final class WildcardFolders implements Wildcards {
  /** Large collections have files of a few MB. */
  private static final int MAX_BYTES = 16 << 20;

  private static final FolderTree.Kind KIND =
      new FolderTree.Kind(
          "wildcard directory",
          List.of(".txt"),
          (message, folder) -> new PromptSyntaxException(message, 0));

  private final List<FolderTree> folders;
  private final PathRedactor shown;
  private @Nullable Map<String, Path> files;

  public WildcardFolders(DynamicPrompts dynamic) {
    folders =
        dynamic.wildcardDirectories().stream().map(folder -> new FolderTree(folder, KIND)).toList();
    shown = new PathRedactor(dynamic.wildcardDirectories());
  }

  /** Returns the files by name. Names have slashes on every system. */
  private Map<String, Path> files() {
    if (files == null) {
      files = new LinkedHashMap<>();
      for (FolderTree folder : folders) {
        for (Path file : folder.findFiles().files()) {
          String path = folder.root().relativize(file).toString().replace('\\', '/');
          files.putIfAbsent(path.substring(0, path.length() - ".txt".length()), file);
        }
      }
    }
    return files;
  }

  @Override
  public List<String> matching(String pattern) {
    if (files().containsKey(pattern)) {
      return List.of(pattern);
    }
    WildcardPattern names = new WildcardPattern(pattern);
    List<String> found =
        WildcardPattern.isPattern(pattern)
            ? files().keySet().stream().filter(names::matches).toList()
            : List.of();
    if (found.isEmpty()) {
      throw new PromptSyntaxException(missing(pattern), 0);
    }
    return found;
  }

  private String missing(String pattern) {
    if (folders.isEmpty()) {
      return "the prompt names the wildcard '%s', but there is no wildcard directory"
          .formatted(pattern);
    }
    List<String> near = Nearest.to(pattern, files().keySet());
    return "the wildcard '%s' is not in %s%s"
        .formatted(
            pattern,
            shown.redact(
                folders.stream()
                    .map(folder -> folder.root().toString())
                    .collect(Collectors.joining(", "))),
            Nearest.question(near));
  }

  @Override
  public List<String> lines(String name) {
    Path file = files().get(name);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw unreadable(name, "it has more than " + MAX_BYTES + " bytes");
      }
      // Invalid UTF-8 is replaced, because other people's files come in many encodings.
      String text = new String(bytes, StandardCharsets.UTF_8);
      return (text.startsWith("\ufeff") ? text.substring(1) : text)
          .lines()
          .map(Characters::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw unreadable(name, String.valueOf(e.getMessage()));
    }
  }

  private static PromptSyntaxException unreadable(String name, String why) {
    return new PromptSyntaxException(
        "cannot read the file of the wildcard '%s': %s".formatted(name, why), 0);
  }
}
