package dev.sdlora.server.browser;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The browser of this machine, if it and its driver are available. The system property {@code
 * sdlora.browser} sets another path.
 */
final class Chromium {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  /** The path where Maven's profile 'browser' puts the driver. */
  private static final String DRIVER = "driver/linux/node";

  private static final String NODE = "PLAYWRIGHT_NODEJS_PATH";

  /** The browser, searched once per JVM. */
  static final Optional<Path> FOUND = find();

  private Chromium() {}

  private static Optional<Path> find() {
    Optional<Path> browser = named().or(Chromium::onPath);
    if (browser.isEmpty()) {
      tell("there is no Chromium: apt-get install chromium, or -Dsdlora.browser=PATH");
    } else if (Chromium.class.getClassLoader().getResource(DRIVER) == null
        && System.getenv(NODE) == null) {
      tell("no driver for %s: run mvn -Pbrowser".formatted(browser.get()));
      return Optional.empty();
    }
    return browser;
  }

  private static Optional<Path> named() {
    return Optional.ofNullable(System.getProperty("sdlora.browser")).map(Path::of);
  }

  private static Optional<Path> onPath() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return NAMES.stream()
        .flatMap(
            name -> Stream.of(path.split(File.pathSeparator)).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @SuppressWarnings("SystemOut") // A message for the person who runs the tests.
  private static void tell(String why) {
    System.out.println("The tests of the studio in a browser are not run, as " + why + ".");
  }
}
