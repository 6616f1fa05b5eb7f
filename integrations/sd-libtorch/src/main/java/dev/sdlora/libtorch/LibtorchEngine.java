package dev.sdlora.libtorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.natives.Natives;
import dev.sdlora.tensors.natives.NvidiaDriver;
import dev.sdlora.tensors.torch.TorchEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** libtorch by JavaCPP's presets. Created by {@link java.util.ServiceLoader}. */
public final class LibtorchEngine implements TorchEngine {
  static final String NAME = "libtorch";

  /** The version of libtorch, and the first number of CUDA's in its natives. */
  static final String VERSION = "2.10.0";

  private static final int CUDA = 13;

  private static final String FOLDER = "org.bytedeco.javacpp.cachedir";
  private static final String GPU = "-gpu";
  private static final String APPLE = "macosx-arm64";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean isPresent() {
    return hasNatives("") || hasNatives(GPU);
  }

  private static boolean hasNatives(String extension) {
    String library = System.mapLibraryName("jnitorch");
    return LibtorchEngine.class
            .getClassLoader()
            .getResource("org/bytedeco/pytorch/" + Loader.getPlatform() + extension + '/' + library)
        != null;
  }

  @Override
  public List<String> devices() {
    List<String> devices = new ArrayList<>();
    if (hasNatives(GPU)) {
      for (int i = 0; i < NvidiaDriver.find(CUDA).gpus(); i++) {
        devices.add("gpu" + i);
      }
    }
    if (Loader.getPlatform().equals(APPLE)) {
      devices.add("mps");
    }
    devices.add("cpu");
    return devices;
  }

  @Override
  public String cure(String device) {
    if (device.equals("mps")) {
      return "mps needs an Apple processor";
    }
    return hasNatives(GPU)
        ? NvidiaDriver.find(CUDA).finding()
        : "GPUs need the dependency org.bytedeco:pytorch with the classifier "
            + Loader.getPlatform()
            + GPU;
  }

  @Override
  public void start() {
    if (!isPresent()) {
      throw new IllegalStateException(
          "there is no libtorch for %s on the class path; add org.bytedeco:pytorch and org.bytedeco:openblas with this classifier, or pytorch with %s"
              .formatted(Loader.getPlatform(), Loader.getPlatform() + GPU));
    }
    // JavaCPP would refuse to allocate when the process is larger than four Java heaps. Weights
    // are, and are counted by this library.
    System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
    // JavaCPP's own lock does not keep a second process from loading a library that the first one
    // is writing.
    Natives.load(FOLDER, "javacpp", () -> Loader.load(torch.class));
  }

  @Override
  public String libtorch() {
    return "%s (%s) from the class path, unpacked to %s"
        .formatted(VERSION, hasNatives(GPU) ? "cu" + CUDA : "cpu", folder());
  }

  private static Path folder() {
    return Path.of(System.getProperty(FOLDER, "")).toAbsolutePath();
  }

  @Override
  public NDManager open(String device) {
    return LibtorchManager.on(Devices.of(device));
  }

  @Override
  public Script compile(byte[] archive) {
    return LibtorchScript.load(archive);
  }

  @Override
  public Dictionary dictionary(Map<String, NDArray> tensors) {
    return Dictionaries.kept(tensors);
  }

  @Override
  public void returnFreedMemory() {
    torch.emptyCache();
  }

  @Override
  public int threads() {
    return torch.get_num_threads();
  }

  @Override
  public void setThreads(int threads) {
    torch.set_num_threads(threads);
  }
}
