package dev.sdlora.tensors.natives;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the folder for unpacked native libraries. */
final class UnpackingFolder {
  private static final Logger LOG = LoggerFactory.getLogger(UnpackingFolder.class);
  private static final String DJL = ".djl.ai";

  private UnpackingFolder() {}

  /**
   * Returns the folder that the user configured, by default {@code .djl.ai} in the user's home,
   * shared with other programs that use DJL; otherwise a new private folder that is deleted when
   * the process ends. DJL itself would then use a folder in the shared temporary folder, where
   * other users could have placed a library.
   *
   * @throws IllegalStateException if other users can change the content of the folder
   */
  static Path choose() {
    Optional<String> named =
        EnvironmentSettings.value("ENGINE_CACHE_DIR", "ENGINE_CACHE_DIR")
            .or(() -> EnvironmentSettings.value("DJL_CACHE_DIR", "DJL_CACHE_DIR"));
    if (named.isPresent()) {
      Path folder = Path.of(named.get()).toAbsolutePath();
      Ownership.createOwn(folder);
      return folder;
    }
    Path home = Path.of(System.getProperty("user.home", "")).toAbsolutePath();
    Path folder = home.resolve(DJL);
    if (Files.exists(folder) ? Files.isWritable(folder) : Files.isWritable(home)) {
      Optional<String> complaint = Ownership.complaint(home);
      if (complaint.isEmpty()) {
        Ownership.createOwn(folder);
        return folder;
      }
      LOG.warn(
          "native libraries are unpacked to a new folder at each start because {}",
          complaint.get());
    }
    return PrivateFolder.get();
  }
}
