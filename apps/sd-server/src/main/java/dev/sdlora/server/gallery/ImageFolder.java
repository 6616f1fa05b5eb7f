package dev.sdlora.server.gallery;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.value.ImageIoReader;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.job.Job;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The images in one folder, including those from other programs. Each file's metadata is read once
 * and again when the file changes; the folder is checked for changes on every request.
 */
public final class ImageFolder implements Gallery {
  /** Larger files are skipped. */
  private static final long MAX_FILE_BYTES = 256L << 20;

  /** Longer settings are not shown; those of A1111 have a few thousand characters. */
  private static final int LONGEST_TEXT = 100_000;

  /**
   * Limit of characters kept as settings of all images; images beyond it are listed without
   * settings.
   */
  private static final int MOST_TEXT = 20_000_000;

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

  private final Path folder;
  private final Object looking = new Object();
  private volatile Look last = new Look(Map.of(), -1);

  /** The cached state of a file; no image if it is damaged. */
  private record Known(long modified, long size, Optional<GalleryImage> image) {
    boolean isOf(BasicFileAttributes file) {
      return modified == file.lastModifiedTime().toMillis() && size == file.size();
    }
  }

  /** Counts the characters of settings in one scan. */
  private static final class Texts {
    private long characters;

    Known within(Known file) {
      characters += file.image().map(image -> image.infotext().length()).orElse(0);
      return characters <= MOST_TEXT
          ? file
          : new Known(file.modified, file.size, file.image().map(GalleryImage::withoutParameters));
    }
  }

  /** The result of one scan of the folder. */
  private record Look(
      Map<String, Known> files, List<GalleryImage> newestFirst, long folderModified, long at) {
    /** Time after the last change by which the clock of the file system must have advanced. */
    private static final long SETTLED_MILLIS = 3000;

    private static final long GOOD_FOR_MILLIS = 30_000;

    Look(Map<String, Known> files, long folderModified) {
      this(
          files,
          files.values().stream()
              .flatMap(file -> file.image().stream())
              .sorted(
                  Comparator.comparing(GalleryImage::time)
                      .thenComparing(GalleryImage::name)
                      .reversed())
              .toList(),
          folderModified,
          System.currentTimeMillis());
    }

    /**
     * Whether the folder is unchanged. Its modification time changes when files are added, deleted
     * or renamed. Files modified shortly before the scan may still be incomplete, so they force
     * another one.
     */
    boolean isStillTrue(long modified) {
      long change =
          Math.max(modified, files.values().stream().mapToLong(Known::modified).max().orElse(0));
      return modified == folderModified
          && change < at - SETTLED_MILLIS
          && System.currentTimeMillis() < at + GOOD_FOR_MILLIS;
    }
  }

  /** Creates a gallery of a folder; subfolders are ignored. */
  public ImageFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Saves the images of a job that has ended.
   *
   * @return a warning for each image that could not be saved
   */
  public List<String> save(Job job) {
    List<String> problems = new ArrayList<>();
    if (!job.settings()
        .path("save_images")
        .asBoolean(true)) { // A1111's clients can disable saving.
      return problems;
    }
    for (GeneratedImage image : job.finished()) {
      try {
        save(image);
      } catch (ImageFileException e) {
        problems.add("an image could not be saved: " + e.getMessage());
      }
    }
    return problems;
  }

  /** Saves an image under an unused name. */
  private synchronized void save(GeneratedImage image) {
    String stem = STAMP.format(LocalDateTime.now(ZoneId.systemDefault())) + "-" + image.seed();
    Path file = folder.resolve(stem + ".png");
    for (int i = 2; Files.exists(file, LinkOption.NOFOLLOW_LINKS); i++) {
      file = folder.resolve(stem + "-" + i + ".png");
    }
    image.save(file);
  }

  @Override
  public List<GalleryImage> newestFirst() {
    return look().newestFirst();
  }

  /** Scans the folder if it has changed; concurrent callers share one scan. */
  private Look look() {
    synchronized (looking) {
      Look before = last;
      long folderModified = modified();
      if (!before.isStillTrue(folderModified)) {
        last = new Look(files(before.files()), folderModified);
      }
      return last;
    }
  }

  private long modified() {
    try {
      return Files.getLastModifiedTime(folder).toMillis();
    } catch (IOException e) {
      throw new Refusal(500, "cannot read the image folder: " + e.getMessage());
    }
  }

  private Map<String, Known> files(Map<String, Known> known) {
    Map<String, Known> now = new HashMap<>();
    Texts texts = new Texts();
    try {
      Files.walkFileTree(
          folder,
          EnumSet.noneOf(FileVisitOption.class),
          1,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String name = String.valueOf(file.getFileName());
              if (attributes.isRegularFile() && isImage(name)) {
                @Nullable Known before = known.get(name);
                now.put(
                    name,
                    texts.within(
                        before != null && before.isOf(attributes)
                            ? before
                            : read(file, name, attributes)));
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // The file was deleted meanwhile.
            }
          });
    } catch (IOException e) {
      throw new Refusal(500, "cannot read the image folder: " + e.getMessage());
    }
    return now;
  }

  /** Whether a file is an image; unfinished files have a name that begins with a dot. */
  private static boolean isImage(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean ending = lower.endsWith(".png") || lower.endsWith(".jpg") || lower.endsWith(".jpeg");
    return ending && !name.startsWith(".");
  }

  private static Known read(Path file, String name, BasicFileAttributes attributes) {
    Optional<GalleryImage> image =
        attributes.size() > MAX_FILE_BYTES ? Optional.empty() : described(file, name, attributes);
    return new Known(attributes.lastModifiedTime().toMillis(), attributes.size(), image);
  }

  private static Optional<GalleryImage> described(
      Path file, String name, BasicFileAttributes attributes) {
    try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
      return ImageIoReader.ask(
          in,
          reader ->
              GalleryImage.of(
                  name,
                  attributes.lastModifiedTime().toInstant(),
                  reader.getWidth(0),
                  reader.getHeight(0),
                  parameters(file)));
    } catch (IOException | RuntimeException e) {
      return Optional
          .empty(); // The file is damaged; the decoders of the JDK throw all kinds of exceptions.
    }
  }

  private static String parameters(Path file) {
    try {
      String text = GeneratedImage.readInfotext(file);
      return text.length() > LONGEST_TEXT ? "" : text;
    } catch (ImageSettingsException e) {
      return "";
    }
  }

  @Override
  public Optional<GalleryImage> image(String name) {
    @Nullable Known before = last.files().get(name);
    if (before != null && isStill(name, before)) {
      return before.image();
    }
    return Optional.ofNullable(look().files().get(name)).flatMap(Known::image);
  }

  /** Whether a file is unchanged; avoids a scan of the whole folder. */
  private boolean isStill(String name, Known before) {
    try {
      return before.isOf(
          Files.readAttributes(
              folder.resolve(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public Optional<byte[]> find(String name) {
    if (image(name).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readAllBytes(folder.resolve(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new Refusal(500, "cannot read the image '%s': %s".formatted(name, e));
    }
  }

  @Override
  public boolean delete(String name) {
    if (image(name).isEmpty()) {
      return false;
    }
    try {
      return Files.deleteIfExists(folder.resolve(name));
    } catch (IOException e) {
      throw new Refusal(
          409, "cannot delete the image '%s': its folder is read-only".formatted(name));
    }
  }
}
