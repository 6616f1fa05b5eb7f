package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.value.FileReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a training set from a folder, flat or in kohya's layout. Stateless. */
final class TrainingFolder {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingFolder.class);
  private static final Pattern CONCEPT = Pattern.compile("(\\d{1,6})_(.*)");

  private TrainingFolder() {}

  /**
   * A subfolder in kohya's layout.
   *
   * @param folder its path
   * @param repeats the number in front of its name
   * @param words the rest of its name, the caption of images without a caption file
   */
  private record Concept(Path folder, int repeats, String words) {}

  /**
   * Reads captions and finds images.
   *
   * @param missing the caption of images without a caption file; empty if these are refused
   */
  static TrainingSet read(Path folder, Optional<String> missing) {
    List<Path> entries = entries(folder);
    List<Concept> concepts = concepts(entries);
    String name = fileName(folder.toAbsolutePath().normalize());
    if (concepts.isEmpty()) {
      return new TrainingSet(
          name, examples(FolderFiles.of(folder, entries), missing, 1), List.of());
    }
    requireNoImages(folder, entries, concepts);
    requireDifferentWords(concepts);
    List<TrainingExample> examples = new ArrayList<>();
    List<TrainingSet.Concept> counts = new ArrayList<>();
    for (Concept concept : concepts) {
      Optional<String> words = Optional.of(concept.words()).filter(text -> !text.isEmpty());
      FolderFiles files = FolderFiles.of(concept.folder(), entries(concept.folder()));
      List<TrainingExample> own = examples(files, words.or(() -> missing), concept.repeats());
      counts.add(
          new TrainingSet.Concept(fileName(concept.folder()), concept.repeats(), own.size()));
      examples.addAll(own);
    }
    return new TrainingSet(name, examples, counts);
  }

  private static List<Path> entries(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new TrainingException(
          "'%s' is %s, expected a folder with images"
              .formatted(folder, Files.exists(folder) ? "a file" : "missing"),
          ErrorDetails.in(folder));
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !fileName(file).startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw new TrainingException(
          "folder '%s' cannot be read: %s".formatted(folder, FileReason.of(e)),
          ErrorDetails.in(folder),
          e);
    }
  }

  /** The subfolders in kohya's layout. Those with 0 repeats are left out, as in kohya's trainer. */
  private static List<Concept> concepts(List<Path> entries) {
    List<Concept> concepts = new ArrayList<>();
    for (Path entry : entries) {
      Matcher name = CONCEPT.matcher(fileName(entry));
      if (Files.isDirectory(entry)) {
        if (name.matches() && Integer.parseInt(name.group(1)) > 0) {
          concepts.add(new Concept(entry, Integer.parseInt(name.group(1)), name.group(2).strip()));
        } else {
          LOG.info("subfolder {} is ignored: its name begins with no number of repeats", entry);
        }
      }
    }
    return concepts;
  }

  private static void requireNoImages(Path folder, List<Path> entries, List<Concept> concepts) {
    entries.stream()
        .filter(file -> FolderFiles.isImage(fileName(file)) && Files.isRegularFile(file))
        .findFirst()
        .ifPresent(
            image -> {
              throw new TrainingException(
                  "folder '%s' contains images such as '%s' and also folders of images such as '%s'; move the images into a folder '<repeats>_<words>'"
                      .formatted(folder, fileName(image), fileName(concepts.get(0).folder())),
                  ErrorDetails.in(folder));
            });
  }

  private static void requireDifferentWords(List<Concept> concepts) {
    Map<String, Concept> known = new HashMap<>();
    for (Concept concept : concepts) {
      Concept other = known.put(concept.words().toLowerCase(Locale.ROOT), concept);
      if (other != null) {
        throw new TrainingException(
            "folders '%s' and '%s' have the same words '%s', so the model could not tell the two concepts apart; give each its own words, or move their images into one folder"
                .formatted(other.folder(), concept.folder(), concept.words()),
            ErrorDetails.in(concept.folder()));
      }
    }
  }

  private static List<TrainingExample> examples(
      FolderFiles files, Optional<String> missing, int repeats) {
    List<TrainingExample> examples = new ArrayList<>();
    for (Path image : files.images()) {
      TrainingExample example =
          TrainingExample.of(image, files.caption(image, missing)).withRepeats(repeats);
      examples.add(files.mask(image).map(example::withMask).orElse(example));
    }
    return examples;
  }

  private static String fileName(Path file) {
    return String.valueOf(file.getFileName());
  }
}
