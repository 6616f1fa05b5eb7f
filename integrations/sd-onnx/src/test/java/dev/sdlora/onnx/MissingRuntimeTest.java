package dev.sdlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MissingRuntimeTest {
  /** The class path of this test without ONNX Runtime. */
  private static URL[] others() throws MalformedURLException {
    List<URL> others = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("onnxruntime") && !entry.isEmpty()) {
        others.add(Path.of(entry).toUri().toURL());
      }
    }
    return others.toArray(URL[]::new);
  }

  @Test
  void open_withoutOnnxRuntime_namesTheDependency() throws Exception {
    Matcher version =
        Pattern.compile("<onnxruntime.version>(.+)</onnxruntime.version>")
            .matcher(Files.readString(Path.of("../../pom.xml")));
    assertThat(version.find()).isTrue();
    try (URLClassLoader loader =
        new URLClassLoader(others(), ClassLoader.getPlatformClassLoader())) {
      Class<?> type = loader.loadClass("dev.sdlora.onnx.OnnxNetworks");
      Object networks = type.getConstructor().newInstance();
      assertThatThrownBy(
              () ->
                  type.getMethod("openDetector", Path.class)
                      .invoke(networks, Resources.file("yolo.onnx")))
          .isInstanceOf(InvocationTargetException.class)
          .satisfies(
              thrown ->
                  assertThat(Objects.requireNonNull(thrown.getCause()))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageStartingWith(
                          "running networks in ONNX files requires ONNX Runtime; add the"
                              + " dependency com.microsoft.onnxruntime:onnxruntime:"
                              + version.group(1)));
    }
  }
}
