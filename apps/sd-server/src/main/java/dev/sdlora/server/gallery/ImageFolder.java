package dev.sdlora.server.gallery;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.value.ImageIoReader;
import dev.sdlora.server.http.Refusal;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The images in one folder and its subfolders named by days, such as {@code 2026-11-30}, including
 * those from other programs. Each file's metadata is read once and again when the file changes; the
 * folders are checked for changes on every request.
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

  private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  private final Path folder;
  private final Object scanLock = new Object();
  private volatile Scan last = new Scan(Map.of(), Set.of(), -1);

  /** The cached state of a file; no image if it is damaged. */
  private record Known(Path file, long modified, long size, Optional<GalleryImage> image) {
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
          : new Known(
              file.file,
              file.modified,
              file.size,
              file.image().map(GalleryImage::withoutParameters));
    }
  }

  /** The result of one scan of the folder and of the days in it. */
  private record Scan(
      Map<String, Known> files,
      Set<Path> days,
      List<GalleryImage> newestFirst,
      long folderModified,
      long at) {
    /** Time after the last change by which the clock of the file system must have advanced. */
    private static final long SETTLED_MILLIS = 3000;

    private static final long GOOD_FOR_MILLIS = 30_000;

    Scan(Map<String, Known> files, Set<Path> days, long folderModified) {
      this(
          files,
          days,
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
     * Whether the folders are unchanged. The modification time of one changes when files are added,
     * deleted or renamed. Files modified shortly before the scan may still be incomplete, so they
     * force another one.
     */
    boolean isStillTrue(long modified) {
      long change =
          Math.max(modified, files.values().stream().mapToLong(Known::modified).max().orElse(0));
      return modified == folderModified
          && change < at - SETTLED_MILLIS
          && System.currentTimeMillis() < at + GOOD_FOR_MILLIS;
    }
  }

  /** Creates a gallery of a folder; other subfolders than those of days are ignored. */
  public ImageFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public List<GalleryImage> newestFirst() {
    return current().newestFirst();
  }

  /** Scans the folder if it has changed; concurrent callers share one scan. */
  private Scan current() {
    synchronized (scanLock) {
      Scan before = last;
      long modified = modified(before.days());
      if (!before.isStillTrue(modified)) {
        last = scan(before.files());
      }
      return last;
    }
  }

  /** Returns the time of the last change of the folder and of days in it. */
  private long modified(Set<Path> days) {
    try {
      long latest = Files.getLastModifiedTime(folder).toMillis();
      for (Path day : days) {
        latest = Math.max(latest, Files.getLastModifiedTime(day).toMillis());
      }
      return latest;
    } catch (NoSuchFileException e) {
      if (!Files.exists(folder)) {
        throw unreadable(e);
      }
      return -1; // A day was deleted, so scan again.
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static Refusal unreadable(IOException e) {
    return new Refusal(500, "cannot read the image folder: " + e.getMessage());
  }

  private Scan scan(Map<String, Known> known) {
    Map<String, Known> now = new HashMap<>();
    Set<Path> days = new HashSet<>();
    Texts texts = new Texts();
    try {
      // Folders change after this, or are scanned after their changes.
      long changed = modified(last.days());
      Files.walkFileTree(
          folder,
          EnumSet.noneOf(FileVisitOption.class),
          2,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
              if (visited.equals(folder)) {
                return FileVisitResult.CONTINUE;
              }
              if (!DAY.matcher(String.valueOf(visited.getFileName())).matches()) {
                return FileVisitResult.SKIP_SUBTREE;
              }
              days.add(visited);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String name = name(file);
              if (attributes.isRegularFile() && isImage(String.valueOf(file.getFileName()))) {
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
      return new Scan(now, days, changed);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Returns the name of an image; it contains no slash, so that it is one part of an address. */
  private String name(Path file) {
    Path parent = file.getParent();
    return parent == null || parent.equals(folder)
        ? String.valueOf(file.getFileName())
        : parent.getFileName() + "_" + file.getFileName();
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
    return new Known(file, attributes.lastModifiedTime().toMillis(), attributes.size(), image);
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
    return known(name).flatMap(Known::image);
  }

  private Optional<Known> known(String name) {
    @Nullable Known before = last.files().get(name);
    return before != null && isStill(before)
        ? Optional.of(before)
        : Optional.ofNullable(current().files().get(name));
  }

  /** Returns the file of an image; damaged files are none. */
  private Optional<Path> file(String name) {
    return known(name).filter(known -> known.image().isPresent()).map(Known::file);
  }

  /** Whether a file is unchanged; avoids a scan of the whole folder. */
  private static boolean isStill(Known before) {
    try {
      return before.isOf(
          Files.readAttributes(
              before.file(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public Optional<byte[]> find(String name) {
    Optional<Path> file = file(name);
    try {
      return file.isPresent() ? Optional.of(Files.readAllBytes(file.get())) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new Refusal(500, "cannot read the image '%s': %s".formatted(name, e));
    }
  }

  @Override
  public boolean delete(String name) {
    Optional<Path> file = file(name);
    try {
      return file.isPresent() && Files.deleteIfExists(file.get());
    } catch (IOException e) {
      throw new Refusal(
          409, "cannot delete the image '%s': its folder is read-only".formatted(name));
    }
  }
}
