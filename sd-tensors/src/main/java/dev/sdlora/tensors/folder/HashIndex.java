package dev.sdlora.tensors.folder;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds files by their hashes, regardless of their names. Accepts every hash that A1111 and model
 * sites write: AutoV1 (8 hex digits), AutoV2 (10), AutoV3 (12) or a whole SHA-256, with or without
 * {@code 0x} and in upper or lower case. Free lookups come first: known hashes, those in the
 * metadata of files, and the notes that download tools leave next to them. Only then are files
 * read, one after another until a match, and the results are kept in memory, and on disk if
 * possible. Thread-safe.
 */
public final class HashIndex {
  private static final Logger LOG = LoggerFactory.getLogger(HashIndex.class);
  private static final Pattern HASH = Pattern.compile("(?:0x)?([0-9a-f]{8,64})");
  private static final int LEGACY_DIGITS = 8;
  private static final int AUTO_V3_DIGITS = 12;

  /** The longest note that is read, in bytes. */
  private static final int MAX_NOTE = 1 << 20;

  private static final List<String> NOTES = List.of(".civitai.info", ".json", ".sha256");

  private static final HashIndex OF_PROCESS = new HashIndex(HashList.ofUser());

  private final HashList list;

  private final FileCache<String> recorded = new FileCache<>(1 << 16);

  /** The known hashes; the list contains those of large files. */
  private final Map<Path, Entry> known = new HashMap<>();

  /**
   * The hashes of a file.
   *
   * @param stamp the stamp of the file when it was hashed
   */
  record Entry(Stamp stamp, FileHashes.Whole hashes) {}

  /** Creates an index that is stored in a list. */
  HashIndex(HashList list) {
    this.list = list;
  }

  /** Returns the index shared by the whole process. */
  public static HashIndex ofProcess() {
    return OF_PROCESS;
  }

  /**
   * Returns the first file that matches a hash. Files that cannot be read are skipped.
   *
   * @param hash the hash as written; an invalid one matches no file
   * @param files the candidates, likely ones first
   * @throws dev.sdlora.api.error.GenerationCancelledException as {@code Cancellation.check}
   */
  public Optional<Path> find(String hash, List<Path> files) {
    Optional<String> digits = digits(hash);
    if (digits.isEmpty()) {
      return Optional.empty();
    }
    String wanted = digits.get();
    if (wanted.length() == LEGACY_DIGITS) {
      return files.stream()
          .filter(file -> FolderReading.attempt(() -> legacy(wanted, file), p -> false))
          .findFirst();
    }
    Optional<Path> cheap =
        files.stream()
            .filter(file -> known(file).map(hashes -> hashes.matches(wanted)).orElse(false))
            .findFirst()
            .or(() -> files.stream().filter(file -> isRecorded(wanted, file)).findFirst());
    return cheap.isPresent() ? cheap : reading(wanted, files);
  }

  /** Whether a hash matches a file; false if the file cannot be read. */
  public boolean matches(String hash, Path file) {
    return find(hash, List.of(file)).isPresent();
  }

  /**
   * Returns the SHA-256 of a whole file, 64 hex digits in lower case. A file that this or another
   * process has hashed is not read again as long as its size and modification time do not change.
   *
   * @throws TensorFileException if the file cannot be read
   * @throws dev.sdlora.api.error.GenerationCancelledException as {@code Cancellation.check}
   */
  public String sha256(Path file) {
    Optional<FileHashes.Whole> before = known(file);
    if (before.isPresent()) {
      return before.get().sha256();
    }
    FileHashes.Whole hashes =
        remembered(file, path -> new FileHashes.Whole(FileHashes.sha256(path), Optional.empty()));
    list.save();
    return hashes.sha256();
  }

  /** Returns {@link #sha256} if it is known; never reads the file. */
  public Optional<String> knownSha256(Path file) {
    return known(file).map(FileHashes.Whole::sha256);
  }

  /** Returns the first 10 digits of {@link #sha256}, A1111's hash of checkpoints. */
  public String autoV2(Path file) {
    return sha256(file).substring(0, 10);
  }

  /** Returns the digits of a hash in lower case; empty if it is not a hash. */
  public static Optional<String> digits(String hash) {
    Matcher digits = HASH.matcher(hash.strip().toLowerCase(Locale.ROOT));
    return digits.matches() ? Optional.of(digits.group(1)) : Optional.empty();
  }

  private static boolean legacy(String wanted, Path file) {
    return FileHashes.legacy(file).equals(wanted);
  }

  private Optional<Path> reading(String wanted, List<Path> files) {
    List<Path> likely = new ArrayList<>(files);
    likely.removeIf(file -> known(file).map(hashes -> hashes.decide(wanted)).orElse(false));
    Map<Path, Boolean> noted = new HashMap<>();
    likely.forEach(file -> noted.put(file, isNoted(wanted, file)));
    likely.sort(Comparator.comparing(file -> !noted.getOrDefault(file, false)));
    try {
      return likely.stream()
          .filter(file -> hashes(file).map(hashes -> hashes.matches(wanted)).orElse(false))
          .findFirst();
    } finally {
      list.save();
    }
  }

  /** Returns the known hashes of the current version of a file, without reading it. */
  private Optional<FileHashes.Whole> known(Path file) {
    Path path = file.toAbsolutePath();
    return stamp(file).flatMap(stamp -> known(path, stamp));
  }

  private synchronized Optional<FileHashes.Whole> known(Path path, Stamp stamp) {
    return Optional.ofNullable(known.get(path))
        .or(() -> list.get(path))
        .filter(entry -> isSame(entry.stamp(), stamp))
        .map(Entry::hashes);
  }

  /** Compares in milliseconds, the resolution of the list. */
  private static boolean isSame(Stamp then, Stamp now) {
    return then.size() == now.size() && then.modified().toMillis() == now.modified().toMillis();
  }

  private Optional<FileHashes.Whole> hashes(Path file) {
    Optional<FileHashes.Whole> before = known(file).filter(hashes -> hashes.data().isPresent());
    if (before.isPresent()) {
      return before;
    }
    try {
      return Optional.of(remembered(file, FileHashes::whole));
    } catch (TensorFileException e) {
      LOG.debug("'{}' cannot be hashed", file, e);
      return Optional.empty();
    }
  }

  private FileHashes.Whole remembered(Path file, Function<Path, FileHashes.Whole> read) {
    Optional<Stamp> stamp = stamp(file);
    FileHashes.Whole hashes = read.apply(file);
    // A file that changes during the read is not stored, so it is hashed again.
    stamp
        .filter(before -> stamp(file).filter(before::equals).isPresent())
        .ifPresent(same -> keep(file.toAbsolutePath(), new Entry(same, hashes)));
    return hashes;
  }

  private static Optional<Stamp> stamp(Path file) {
    try {
      return Optional.of(Stamp.of(file));
    } catch (IOException e) {
      return Optional.empty(); // deleted, or unreadable
    }
  }

  private synchronized void keep(Path file, Entry entry) {
    known.put(file, entry);
    list.put(file, entry);
  }

  /** Whether the trainer stored this hash of the data in the file. */
  private boolean isRecorded(String wanted, Path file) {
    return wanted.length() >= AUTO_V3_DIGITS
        && file.toString().toLowerCase(Locale.ROOT).endsWith(".safetensors")
        && recorded(file).startsWith(wanted);
  }

  private String recorded(Path file) {
    return stamp(file)
        .map(
            stamp ->
                recorded
                    .find(file, stamp)
                    .orElseGet(() -> recorded.keep(file, stamp, readRecorded(file))))
        .orElse("");
  }

  private static String readRecorded(Path file) {
    return FolderReading.attempt(
        () ->
            TensorFile.open(file)
                .metadata()
                .getOrDefault("sshs_model_hash", "")
                .toLowerCase(Locale.ROOT),
        problem -> "");
  }

  /** Whether a note next to a file contains the hash, in which case the file is read first. */
  private static boolean isNoted(String wanted, Path file) {
    for (String ending : NOTES) {
      Path note = file.resolveSibling(FolderTree.stem(file) + ending);
      try {
        if (Files.isRegularFile(note) && Files.size(note) <= MAX_NOTE) {
          String text = new String(Files.readAllBytes(note), StandardCharsets.ISO_8859_1);
          if (text.toLowerCase(Locale.ROOT).contains(wanted)) {
            return true;
          }
        }
      } catch (IOException e) {
        LOG.debug("'{}' cannot be read", note, e);
      }
    }
    return false;
  }
}
