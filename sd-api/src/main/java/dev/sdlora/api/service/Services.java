package dev.sdlora.api.service;

import java.util.Optional;
import java.util.ServiceLoader;

/**
 * What implements the public API, each service loaded once, when it is first needed. No part of the
 * API: the module keeps this package to itself.
 */
public final class Services {
  private static final ClassValue<Object> FOUND =
      new ClassValue<>() {
        @Override
        protected Object computeValue(Class<?> service) {
          Optional<?> found = ServiceLoader.load(service, service.getClassLoader()).findFirst();
          return found.orElseThrow(
              () ->
                  new IllegalStateException(
                      "nothing implements "
                          + service.getName()
                          + "; add the dependency dev.sdlora:sd-pipeline"));
        }
      };

  private Services() {}

  /**
   * Finds the implementation of a service.
   *
   * @param <S> what the service can do
   * @param service the type that it is found by
   * @return always the same one
   * @throws IllegalStateException if there is none
   */
  public static <S> S find(Class<S> service) {
    return service.cast(FOUND.get(service));
  }
}
