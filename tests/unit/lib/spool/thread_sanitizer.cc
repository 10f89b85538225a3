// What ThreadSanitizer cannot see: the C++ library counts the owners of an exception atomically,
// but is not instrumented, so that the last owner's thread seems to race with those before.
extern "C" const char* __tsan_default_suppressions();

extern "C" const char* __tsan_default_suppressions() {
    return "race:std::__exception_ptr::exception_ptr::_M_release\n"
           "race:std::runtime_error::~runtime_error\n";
}
